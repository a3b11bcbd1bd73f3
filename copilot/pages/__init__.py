"""The web pages for leads and admins: server-rendered, behind a sign-in, with nothing of a ticket read as markup."""
