sign-in-code-subject = Din kod för att logga in
sign-in-code-code = Ange den här koden där du loggar in:
sign-in-code-until = Den fungerar en gång, fram till { $expire_date }. Den gäller bara där den begärdes.
sign-in-code-secret = Ge den inte till någon: vi frågar aldrig efter den per telefon eller e-post. Om du inte håller på att logga in kan du bortse från meddelandet. Utan koden händer ingenting.
