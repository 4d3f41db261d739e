partnership-invitation-subject = { $sender } invites you to a partnership
partnership-invitation-lead = { $sender } would like to be your company's provider and invites you to a partnership.
partnership-invitation-message = { $sender } writes:
partnership-invitation-button = See the invitation
partnership-invitation-note = A global administrator of your company can accept or decline it. Opening the page changes nothing.
