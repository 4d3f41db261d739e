agreement-due-subject = { $overdue ->
    [yes] Åtgärd krävs: { $company } har inte undertecknat partneravtalet i tid
   *[no] Åtgärd krävs: { $company } måste underteckna en ny version av partneravtalet
}
agreement-due-lead = { $overdue ->
    [yes] Version { $version } av partneravtalet skulle ha undertecknats för { $company } senast { $expire_date }. Det har inte skett.
   *[no] Version { $version } av partneravtalet gäller nu. Den måste undertecknas för { $company } senast { $expire_date }.
}
agreement-due-effect = { $overdue ->
    [yes] Tills den är undertecknad avvisas nya inbjudningar, godkännanden och beställningar. Det som redan pågår fortsätter.
   *[no] Därefter avvisas nya inbjudningar, godkännanden och beställningar tills den är undertecknad.
}
agreement-due-action = En global administratör på { $company } kan läsa den i sin helhet och underteckna den.
