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
    [REJECTED] Anslutningen av { $company } har avslagits.
    [WITHDRAWN] Anslutningen av { $company } har återkallats. Den kan öppnas på nytt.
   *[ENDED] Anslutningen av { $company } har upphört.
}
enrollment-status-cause = { $cause ->
    [NOT_US] Huvudkontakten som anges har svarat att företaget inte har ansökt eller att adressen inte är rätt.
    [NOT_SHOWN] Det som behövs har inte styrkts.
    [NOT_A_COMPANY] Det finns inget sådant företag, eller så är det inte verksamt.
    [NOT_OWN_COMPANY] Den sökande företräder inte det företag som anges.
    [FALSE_DOCUMENT] En handling är inte vad den utger sig för att vara.
    [NOT_ELIGIBLE] Programmet tar inte emot företag av det här slaget.
    [EXPIRED] Granskningen har avslutats utan beslut eftersom ett svar inte kom i tid.
   *[OTHER] Uppgifterna kunde inte styrkas.
}
enrollment-status-why = Angivet skäl: { $reason }
enrollment-status-appeal = En global administratör hos { $company } kan överklaga en gång, senast { $appeal_by }: förklara varför och skicka det som saknades, så tittar en annan granskare på det. Den som inte vill överklaga kan återkalla anslutningen. Görs inget av det upphör den därefter.
enrollment-status-missing = { $count ->
    [one] En sak saknas fortfarande:
   *[other] { $count } saker saknas fortfarande:
}
enrollment-status-nothing = { $state ->
    [SUSPENDED] Programmets operatör häver stoppet när skälet till det inte finns kvar.
    [REJECTED] Se ärendet i programmet.
    [ENDED] Den som vill delta igen påbörjar en ny anslutning.
   *[OTHER] Du behöver inte göra något.
}
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
