# Det som brev av alla slag har gemensamt.
letter-greeting = Hej { $name }!
letter-greeting-nameless = Hej!
letter-link-hint = Om knappen inte fungerar kan du kopiera den här adressen till webbläsaren:
letter-expires = Svara senast { $expire_date }.
letter-fallback = Vi har ännu inte det här meddelandet på det språk som du föredrar ({ $wished }), så det är på svenska.
letter-automatic = Det här meddelandet har skickats automatiskt av Linkage.
letter-date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] mars
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] augusti
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year } kl. { $hour }.{ $minute } UTC
