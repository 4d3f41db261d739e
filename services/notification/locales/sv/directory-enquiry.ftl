directory-enquiry-subject = { $company } frågar om ett samarbete
directory-enquiry-lead = { $sender } på { $company }, en återförsäljare i programmet, har hittat er i leverantörskatalogen och skickar en förfrågan.
directory-enquiry-message = { $sender } skriver:
directory-enquiry-reply = Svara på det här meddelandet för att svara { $sender } på { $reply_address }.
