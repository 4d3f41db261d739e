partnership-invitation-subject = { $sender } bjuder in dig till ett partnerskap
partnership-invitation-lead = { $sender } vill bli ert företags leverantör och bjuder in er till ett partnerskap.
partnership-invitation-message = { $sender } skriver:
partnership-invitation-button = Visa inbjudan
partnership-invitation-note = En global administratör på företaget kan tacka ja eller nej. Inget ändras av att du bara öppnar sidan.
