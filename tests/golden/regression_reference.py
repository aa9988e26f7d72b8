"""Regression by other ways than the engine's: least squares of numpy (by singular values) for ridge, and for penalties with
absolute values the one pattern of signs under which the slopes of the loss vanish."""
import itertools

import numpy as np

METHODS = {"normal": 1, "gradient": 2, "coordinates": 3}


def products(columns, degree):
    """The columns that each feature is a product of, by degree."""
    return [which for d in range(1, degree + 1) for which in itertools.combinations_with_replacement(range(columns), d)]


def features(x, degree):
    return np.stack([x[:, list(which)].prod(axis=1) for which in products(x.shape[1], degree)], axis=1)


def fit(x, y, degree, l1, l2, standardise):
    """intercept, coefficients, both in the data's units."""
    f = features(x, degree)
    n, p = f.shape
    mean, scale = f.mean(axis=0), f.std(axis=0) if standardise else np.ones(p)
    z, off = (f - mean) / scale, y - y.mean()
    for signs in itertools.product((0, 1, -1), repeat=p) if l1 else ((2,) * p,):
        signs = np.array(signs)
        active = signs != 0
        b = np.zeros(p)
        if active.any():
            # Least squares with a row more for each coefficient; l1 moves the target by its signs.
            whole = np.vstack([z[:, active] / np.sqrt(n), np.sqrt(l2) * np.eye(active.sum())])
            aim = np.concatenate([off / np.sqrt(n), np.zeros(active.sum())])
            if l1:
                aim = aim - np.linalg.pinv(whole.T) @ (l1 * signs[active])
            b[active] = np.linalg.lstsq(whole, aim, rcond=None)[0]
        slopes = z.T @ (off - z @ b) / n - l2 * b
        if not l1 or ((np.sign(b) == signs).all() and (np.abs(slopes[~active]) <= l1).all()):
            coefficients = b / scale
            return y.mean() - coefficients @ mean, coefficients
    raise AssertionError("no pattern of signs fits")
