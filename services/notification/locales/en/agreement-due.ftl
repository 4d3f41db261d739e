agreement-due-subject = { $overdue ->
    [yes] Action required: the partner agreement of { $company } is overdue
   *[no] Action required: { $company } must sign a new version of the partner agreement
}
agreement-due-lead = { $overdue ->
    [yes] Version { $version } of the partner agreement was to be signed for { $company } by { $expire_date }. It has not been signed.
   *[no] Version { $version } of the partner agreement is in force. It must be signed for { $company } by { $expire_date }.
}
agreement-due-effect = { $overdue ->
    [yes] Until it is signed, new invitations, acceptances and orders are refused. What is already under way goes on.
   *[no] After that, new invitations, acceptances and orders are refused until it is signed.
}
agreement-due-action = A global administrator of { $company } can read it in full and sign it.
