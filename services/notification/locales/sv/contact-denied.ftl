contact-denied-subject = { $company }: kontaktpersonen känner inte till ansökan
contact-denied-lead = Kontaktpersonen som { $company } har angett svarar att företaget inte har ansökt eller att adressen inte är rätt. Ärendet är stängt.
contact-denied-case = Ärendet är { $case }.
contact-denied-action = Någon kan ha använt företagets namn. Se efter vem som har ansökt.
