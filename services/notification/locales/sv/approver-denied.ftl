approver-denied-subject = { $company }: godkännaren säger nej
approver-denied-lead = Godkännaren som { $company } har angett svarar att { $applicant } inte får ingå avtal för företaget eller att adressen inte är rätt. Ansökan kan inte godkännas om inte någon annan anges som godkännare.
approver-denied-case = Ärendet är { $case }.
approver-denied-action = Någon kan ha använt företagets namn. Se efter vem som har ansökt.
