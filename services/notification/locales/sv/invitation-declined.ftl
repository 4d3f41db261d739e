invitation-declined-subject = Inbjudan till { $recipient_hint } avböjdes
invitation-declined-lead = { $kind ->
    [PARTNERSHIP] Inbjudan från { $sender } till { $recipient_hint } om ett partnerskap avböjdes. Inget har ändrats.
   *[CUSTOMER] Inbjudan från { $sender } till { $recipient_hint } om en återförsäljarrelation avböjdes. Inget har ändrats.
}
invitation-declined-reason = { $reason ->
    [NOT_INTERESTED] Angivet skäl: de är inte intresserade.
    [SENDER_UNKNOWN] Angivet skäl: de känner inte er.
    [WRONG_RECIPIENT] Angivet skäl: den är inte till dem.
    [ASKS_TOO_MUCH] Angivet skäl: den begär för mycket.
   *[OTHER] Inget av skälen i vår lista passar.
}
invitation-declined-message = De skriver:
invitation-declined-next = En ny inbjudan kan skickas när som helst.
