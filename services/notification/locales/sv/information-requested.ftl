information-requested-subject = { $again ->
    [yes] Påminnelse: vi behöver era svar om { $company }
   *[no] Vi behöver era svar om { $company }
}
information-requested-lead = { $again ->
    [yes] Den som granskar ansökan från { $company } väntar fortfarande på svar.
   *[no] Den som granskar ansökan från { $company } har frågor.
}
information-requested-count = Obesvarade frågor: { $count }.
information-requested-due = Svara senast { $expire_date }. Därefter stängs ärendet.
information-requested-action = En global administratör hos { $company } kan läsa frågorna i granskningsärendet, svara på dem där och skicka in handlingar.
