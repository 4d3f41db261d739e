invitation-expired-subject = Inbjudan till { $recipient_hint } har gått ut
invitation-expired-lead = { $kind ->
    [PARTNERSHIP] Inbjudan från { $sender } till { $recipient_hint } om ett partnerskap besvarades inte i tid och har gått ut.
   *[CUSTOMER] Inbjudan från { $sender } till { $recipient_hint } om en återförsäljarrelation besvarades inte i tid och har gått ut.
}
invitation-expired-next = En ny inbjudan kan skickas när som helst.
