enrollment-status-subject = { $state ->
    [DRAFT] The enrollment of { $company } is a draft
    [VERIFYING] The enrollment of { $company } is being verified
    [QUALIFIED] { $company } has been verified
    [ACTIVE] The enrollment of { $company } is active
    [SUSPENDED] The enrollment of { $company } is suspended
    [REJECTED] The enrollment of { $company } was rejected
    [WITHDRAWN] The enrollment of { $company } was withdrawn
   *[ENDED] The enrollment of { $company } has ended
}
enrollment-status-lead = { $state ->
    [DRAFT] The enrollment of { $company } is a draft. It can be changed and submitted.
    [VERIFYING] The enrollment of { $company } has been submitted. We are now verifying what it says.
    [QUALIFIED] { $company } has been verified. The enrollment becomes active as soon as nothing is missing.
    [ACTIVE] The enrollment of { $company } is active. { $company } can now do business in the programme.
    [SUSPENDED] The enrollment of { $company } is suspended. Until that is lifted, new business is not possible.
    [REJECTED] The enrollment of { $company } was rejected.
    [WITHDRAWN] The enrollment of { $company } was withdrawn. It can be opened again.
   *[ENDED] The enrollment of { $company } has ended.
}
enrollment-status-cause = { $cause ->
    [NOT_US] The primary contact that it names has answered that the company did not apply, or that the address is not theirs.
    [NOT_SHOWN] What is needed was not shown.
    [NOT_A_COMPANY] There is no such company, or it is not in business.
    [NOT_OWN_COMPANY] The applicant does not act for the company that is named.
    [FALSE_DOCUMENT] A document is not what it says it is.
    [NOT_ELIGIBLE] The programme does not admit a company of this kind.
    [EXPIRED] Verification has ended without a decision, since an answer did not come in time.
   *[OTHER] What it says could not be verified.
}
enrollment-status-why = The reason given: { $reason }
enrollment-status-appeal = A global administrator of { $company } can appeal once, until { $appeal_by }: say why, and send what was missing; another reviewer looks at it then. Who does not want to appeal can withdraw the enrollment. Without either, it ends after that time.
enrollment-status-missing = { $count ->
    [one] One thing is still missing:
   *[other] { $count } things are still missing:
}
enrollment-status-nothing = { $state ->
    [SUSPENDED] The operator of the programme lifts the suspension once the reason for it is gone.
    [REJECTED] Please see the case in the programme.
    [ENDED] Whoever wants to take part again begins another enrollment.
   *[OTHER] There is nothing that you need to do.
}
enrollment-status-step = { $step ->
    [LEGAL_PROFILE] The company's legal details are incomplete
    [SUPPORT_PROFILE] The contact for customer support is incomplete
    [EMAIL] The primary contact has not confirmed the e-mail address
    [DOMAIN] The e-mail domain is not shown to be the company's
    [EMPLOYMENT] It is not shown that the primary contact works for the company
    [AUTHORITY] The company approver has not confirmed that the applicant may act for the company
    [BUSINESS] The company's legal details are not verified
    [LOCATION] No location is associated with the enrollment
    [AGREEMENT] The partner agreement is not signed
    [ADMIN_AGENT] Nobody at the company is admin agent
   *[SUBMISSION] The enrollment has not been submitted
}
