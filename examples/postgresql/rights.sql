-- Vad tjänstens roll får göra. Körs som lagrum_owner i databasen, efter varje lagrum migrate. Går att köra om.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM lagrum_app;
GRANT USAGE ON SCHEMA public TO lagrum_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO lagrum_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lagrum_app;
-- Loggen kan bara växa. Databasens spärrar säger det också, men en roll utan rätten kan inte ens försöka.
REVOKE UPDATE, DELETE ON audit_entry, audit_checkpoint, release_file FROM lagrum_app;
REVOKE DELETE ON audit_head, audit_case, application, decision, assessment FROM lagrum_app;
-- Versionerna ändras bara av lagrum migrate.
REVOKE INSERT, UPDATE, DELETE ON audit_schema, schema_version FROM lagrum_app;
