"""The bodies that a webhook takes, a declared form each: Slack, Teams, and a plain one of ours."""

from collections.abc import Callable, Mapping
from typing import Any

from common.incidents.forms.plain import plain
from common.incidents.forms.slack import slack
from common.incidents.forms.teams import teams
from common.incidents.notice import Notice
from common.settings import WebhookForm

Form = Callable[[Notice, str], dict[str, Any]]
"""Makes the body of a notice; the text names the deployment."""
FORMS: Mapping[WebhookForm, Form] = {"slack": slack, "teams": teams, "plain": plain}

__all__ = ["FORMS", "Form"]
