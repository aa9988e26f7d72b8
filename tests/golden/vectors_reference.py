"""The steps of word vectors (core/src/vectors), written in PyTorch from their formulas, in double precision."""
import torch
import torch.nn.functional as F

WORDS = 8


def negative_sampling(u, h, targets):
    """-log s(u_0 h) - sum log s(-u_j h)."""
    scores = u[targets] @ h
    return -F.logsigmoid(scores[0]) - F.logsigmoid(-scores[1:]).sum()


def cbow_file(file, draw):
    for dim, line, center, targets in ((1, [0, 1], 0, [0, 3]), (7, [2, 1, 4, 6, 3], 2, [4, 0, 5, 1, 7]),
                                       (50, [5, 5, 4, 5, 1], 2, [4, 0, 0, 5])):
        w, u = draw(WORDS, dim), draw(WORDS, dim)
        context = [word for i, word in enumerate(line) if i != center]
        loss = negative_sampling(u, w[context].mean(dim=0), targets)
        loss.backward()
        file.case(f"{len(context)} words of {dim}", input=w, output=u, line=line, center=center, targets=targets,
                  loss=loss, **{"grad.input": w.grad, "grad.output": u.grad})


def skip_gram_file(file, draw):
    for dim, word, targets in ((1, 3, [2]), (7, 0, [6, 1, 2, 3]), (50, 1, [1, 5, 5, 5, 0])):
        w, u = draw(WORDS, dim), draw(WORDS, dim)
        loss = negative_sampling(u, w[word], targets)
        loss.backward()
        file.case(f"{len(targets)} targets of {dim}", input=w, output=u, line=[word], targets=targets, loss=loss,
                  **{"grad.input": w.grad, "grad.output": u.grad})


def glove_file(file, draw):
    """Steps of torch.optim.Adagrad, pair after pair. The last column is the bias."""
    for dim, pairs in ((1, [(0, 1, 0.5)]), (7, [(2, 3, 4.25), (2, 2, 120.0), (3, 2, 4.25)]),
                       (50, [(5, 1, 0.1), (1, 5, 0.1), (5, 1, 77.0), (0, 7, 1000.0)])):
        w, v = draw(WORDS, dim + 1, size=0.3), draw(WORDS, dim + 1, size=0.3)
        start = w.detach().clone(), v.detach().clone()
        optimizer = torch.optim.Adagrad([w, v], lr=0.05, initial_accumulator_value=1, eps=0)
        losses = []
        for i, k, count in pairs:
            optimizer.zero_grad()
            x = torch.tensor(count, dtype=torch.float32).double()
            difference = w[i, :-1] @ v[k, :-1] + w[i, -1] + v[k, -1] - x.log()
            loss = 0.5 * (x / 100).clamp(max=1) ** 0.75 * difference ** 2
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        file.case(f"{len(pairs)} pairs of {dim}", input=start[0], output=start[1],
                  words=[i for i, _, _ in pairs], contexts=[k for _, k, _ in pairs], counts=[x for _, _, x in pairs],
                  losses=losses, **{"after.input": w, "after.output": v,
                                    "sums.input": optimizer.state[w]["sum"], "sums.output": optimizer.state[v]["sum"]})
