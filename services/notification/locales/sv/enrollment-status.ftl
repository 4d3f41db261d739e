enrollment-status-subject = { $state ->
    [DRAFT] Anslutningen av { $company } är ett utkast
    [VERIFYING] Anslutningen av { $company } granskas
    [QUALIFIED] { $company } har godkänts i granskningen
    [ACTIVE] Anslutningen av { $company } är aktiv
    [SUSPENDED] Anslutningen av { $company } är tillfälligt stoppad
    [REJECTED] Anslutningen av { $company } har avslagits
    [WITHDRAWN] Anslutningen av { $company } har återkallats
   *[ENDED] Anslutningen av { $company } har upphört
}
enrollment-status-lead = { $state ->
    [DRAFT] Anslutningen av { $company } är ett utkast. Den kan ändras och skickas in.
    [VERIFYING] Anslutningen av { $company } har skickats in. Vi granskar nu uppgifterna.
    [QUALIFIED] { $company } har godkänts i granskningen. Anslutningen blir aktiv så snart inget saknas.
    [ACTIVE] Anslutningen av { $company } är aktiv. { $company } kan nu göra affärer i programmet.
    [SUSPENDED] Anslutningen av { $company } är tillfälligt stoppad. Så länge den är det går det inte att göra nya affärer.
    [REJECTED] Anslutningen av { $company } har avslagits eftersom uppgifterna inte kunde styrkas.
    [WITHDRAWN] Anslutningen av { $company } har återkallats. Den kan öppnas på nytt.
   *[ENDED] Anslutningen av { $company } har upphört.
}
enrollment-status-why = Angivet skäl: { $reason }
enrollment-status-missing = { $count ->
    [one] En sak saknas fortfarande:
   *[other] { $count } saker saknas fortfarande:
}
enrollment-status-nothing = Du behöver inte göra något.
enrollment-status-step = { $step ->
    [LEGAL_PROFILE] Företagets juridiska uppgifter är ofullständiga
    [SUPPORT_PROFILE] Uppgifterna om kundsupport är ofullständiga
    [EMAIL] Huvudkontakten har inte bekräftat e-postadressen
    [DOMAIN] Det är inte styrkt att e-postdomänen är företagets
    [EMPLOYMENT] Det är inte styrkt att huvudkontakten arbetar på företaget
    [AUTHORITY] Företagets godkännare har inte bekräftat att den sökande får företräda företaget
    [BUSINESS] Företagets juridiska uppgifter är inte styrkta
    [LOCATION] Ingen plats är kopplad till anslutningen
    [AGREEMENT] Partneravtalet är inte undertecknat
    [ADMIN_AGENT] Ingen på företaget är administratörsagent
   *[SUBMISSION] Anslutningen har inte skickats in
}
