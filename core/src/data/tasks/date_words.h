/* Words of dates, January and Sunday first, the first day first. Made by make_words.mjs from the Unicode CLDR 48.2,
 * copyright Unicode, Inc., licence Unicode-3.0 (https://www.unicode.org/license.txt). Do not edit. */
static const char *const english_months[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
};

static const char *const english_short_months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};

static const char *const english_days[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};

static const char *const english_short_days[] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
};

static const char *const english_ordinals[] = {
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth",
    "thirtieth", "thirty-first",
};

static const char *const russian_months[] = {
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
    "ноября", "декабря",
};

static const char *const russian_short_months[] = {
    "янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.",
};

static const char *const russian_days[] = {
    "воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота",
};

static const char *const russian_short_days[] = {
    "вс", "пн", "вт", "ср", "чт", "пт", "сб",
};

static const char *const russian_ordinals[] = {
    "первое", "второе", "третье", "четвертое", "пятое", "шестое", "седьмое", "восьмое", "девятое",
    "десятое", "одиннадцатое", "двенадцатое", "тринадцатое", "четырнадцатое", "пятнадцатое",
    "шестнадцатое", "семнадцатое", "восемнадцатое", "девятнадцатое", "двадцатое", "двадцать первое",
    "двадцать второе", "двадцать третье", "двадцать четвертое", "двадцать пятое", "двадцать шестое",
    "двадцать седьмое", "двадцать восьмое", "двадцать девятое", "тридцатое", "тридцать первое",
};

static const char *const russian_genitive_ordinals[] = {
    "первого", "второго", "третьего", "четвертого", "пятого", "шестого", "седьмого", "восьмого",
    "девятого", "десятого", "одиннадцатого", "двенадцатого", "тринадцатого", "четырнадцатого",
    "пятнадцатого", "шестнадцатого", "семнадцатого", "восемнадцатого", "девятнадцатого", "двадцатого",
    "двадцать первого", "двадцать второго", "двадцать третьего", "двадцать четвертого", "двадцать пятого",
    "двадцать шестого", "двадцать седьмого", "двадцать восьмого", "двадцать девятого", "тридцатого",
    "тридцать первого",
};
