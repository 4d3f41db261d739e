# What letters of every kind share.
letter-greeting = Hello { $name },
letter-greeting-nameless = Hello,
letter-link-hint = If the button does not work, copy this address into your browser:
letter-expires = Please answer by { $expire_date }.
letter-fallback = We do not have this message in the language that you prefer ({ $wished }) yet, so it is in English.
letter-automatic = This message was sent automatically by Linkage.
letter-date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year } at { $hour }:{ $minute } UTC
