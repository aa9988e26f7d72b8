/* Words of numbers. Made by make_words.mjs from the Unicode CLDR 48.2,
 * copyright Unicode, Inc., licence Unicode-3.0 (https://www.unicode.org/license.txt). Do not edit. */
static const char *const english_units[] = {
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
};

static const char *const english_tens[] = {
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
};

static const char *const russian_units[] = {
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать",
    "восемнадцать", "девятнадцать",
};

static const char *const russian_feminine[] = {
    "ноль", "одна", "две",
};

static const char *const russian_tens[] = {
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят",
    "девяносто",
};

static const char *const russian_hundreds[] = {
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
};

static const char *const russian_thousands[] = {
    "тысяча", "тысячи", "тысяч",
};

static const char *const russian_millions[] = {
    "миллион", "миллиона", "миллионов",
};
