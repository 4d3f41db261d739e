invitation-reminder-subject = The invitation from { $sender } is still waiting for an answer
invitation-reminder-lead = { $kind ->
    [PARTNERSHIP] { $sender } has invited your company to a partnership and is waiting for an answer.
   *[CUSTOMER] { $sender } has asked your company to authorise a reseller relationship and is waiting for an answer.
}
invitation-reminder-button = See the invitation
invitation-reminder-note = A global administrator of your company can accept or decline it. Opening the page changes nothing.
