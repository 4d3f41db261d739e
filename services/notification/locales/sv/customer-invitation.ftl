customer-invitation-subject = { $sender } vill samarbeta med ert företag
customer-invitation-lead = { $sender } ber ert företag att godkänna en återförsäljarrelation.
customer-invitation-lead-both = { $sender } ber ert företag att godkänna två återförsäljarrelationer på en gång:
customer-invitation-provider = Leverantör: { $provider }
customer-invitation-reseller = Återförsäljare: { $reseller }
customer-invitation-message = { $sender } skriver:
customer-invitation-button = Visa inbjudan
customer-invitation-note = Relationerna godkänns tillsammans eller inte alls; administration, om någon ber om den, ger ni bara om ni vill. En global administratör på företaget kan tacka ja eller nej. Inget ändras av att du bara öppnar sidan.
