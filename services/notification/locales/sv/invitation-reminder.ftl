invitation-reminder-subject = Inbjudan från { $sender } väntar fortfarande på svar
invitation-reminder-lead = { $kind ->
    [PARTNERSHIP] { $sender } har bjudit in ert företag till ett partnerskap och väntar på svar.
   *[CUSTOMER] { $sender } har bett ert företag att godkänna en återförsäljarrelation och väntar på svar.
}
invitation-reminder-button = Visa inbjudan
invitation-reminder-note = En global administratör på företaget kan tacka ja eller nej. Inget ändras av att du bara öppnar sidan.
