"""The call-recording portal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import flask

    from portal.config import Settings


def create_app(settings: "Settings | None" = None) -> "flask.Flask":
    """Wire the portal. Opens the register; raises ConfigError or RootKeyMissing when it cannot start."""
    from pathlib import Path

    import flask

    from portal import assets, config, db, error_pages, formats, logs, security, short_way, web
    from portal.accounts.views import bp as accounts
    from portal.audit.views import bp as audit
    from portal.cases.views import bp as cases
    from portal.documents.views import bp as documents
    from portal.help.views import bp as help_pages
    from portal.home.views import bp as home
    from portal.incidents.views import bp as incidents
    from portal.ingest.views import bp as ingest
    from portal.jobs.views import bp as jobs
    from portal.language import compile_catalogues
    from portal.oversight.views import bp as oversight
    from portal.queues.views import bp as queues
    from portal.recordings.views import bp as recordings
    from portal.register.public_views import bp as description
    from portal.register.views import bp as register
    from portal.retention.views import bp as retention
    from portal.rights.views import bp as rights
    from portal.vault import box

    logs.discreet()
    settings = config.use(settings) if settings else config.settings()
    root = Path(__file__).parent.parent
    app = flask.Flask(__name__, root_path=str(root), static_folder=None, template_folder="templates")
    app.jinja_environment = web.Templates
    app.secret_key = box.web("cookies")
    app.jinja_env.add_extension(web.Unindented)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.bind(settings)
    compile_catalogues()
    security.Csrf(app)
    web.init_app(app)
    formats.init_app(app)
    assets.init_app(app, root / "static")
    error_pages.init_app(app)
    security.init_app(app, settings)
    kept = (recordings, cases, ingest, retention, register, description, documents)
    for blueprint in (home, accounts, rights, *kept, incidents, oversight, audit, jobs, queues, help_pages):
        app.register_blueprint(blueprint)
    if settings.house_style:
        from portal.house.views import bp as house

        app.register_blueprint(house)
    app.wsgi_app = short_way.ShortWay(app)  # type: ignore[method-assign]  # Flask's own way in
    return app
