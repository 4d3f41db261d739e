sign-in-code-subject = Your code for signing in
sign-in-code-code = Enter this code where you are signing in:
sign-in-code-until = It works once, until { $expire_date }, and only where it was asked for.
sign-in-code-secret = Give it to nobody: we never ask for it by phone or mail. If you are not signing in, ignore this message; without the code nothing happens.
