-- Vad tjänstens roll får göra. Körs som lagrum_owner i databasen, efter varje lagrum migrate. Går att köra om.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM lagrum_app;
GRANT USAGE ON SCHEMA public TO lagrum_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO lagrum_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lagrum_app;
-- Loggen kan bara växa. Databasens spärrar säger det också, men en roll utan rätten kan inte ens försöka.
REVOKE UPDATE, DELETE ON audit_entry, audit_checkpoint, release_file FROM lagrum_app;
REVOKE DELETE ON audit_head, audit_case FROM lagrum_app;
-- Ett ärende tas bort först när loggen säger att det är gallrat.
ALTER TABLE application ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everything ON application;
DROP POLICY IF EXISTS only_deleted ON application;
CREATE POLICY everything ON application TO lagrum_app USING (true) WITH CHECK (true);
CREATE POLICY only_deleted ON application AS RESTRICTIVE FOR DELETE TO lagrum_app USING (EXISTS (
  SELECT 1 FROM audit_case WHERE audit_case.tenant = application.tenant AND audit_case.case_id = application.id
  AND audit_case.deleted_seq IS NOT NULL));
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everything ON decision;
DROP POLICY IF EXISTS only_deleted ON decision;
CREATE POLICY everything ON decision TO lagrum_app USING (true) WITH CHECK (true);
CREATE POLICY only_deleted ON decision AS RESTRICTIVE FOR DELETE TO lagrum_app USING (EXISTS (
  SELECT 1 FROM audit_case WHERE audit_case.tenant = decision.tenant AND audit_case.case_id = decision.application_id
  AND audit_case.deleted_seq IS NOT NULL));
ALTER TABLE assessment ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everything ON assessment;
DROP POLICY IF EXISTS only_deleted ON assessment;
CREATE POLICY everything ON assessment TO lagrum_app USING (true) WITH CHECK (true);
CREATE POLICY only_deleted ON assessment AS RESTRICTIVE FOR DELETE TO lagrum_app USING (EXISTS (
  SELECT 1 FROM audit_case WHERE audit_case.tenant = assessment.tenant AND audit_case.case_id = assessment.application_id
  AND audit_case.deleted_seq IS NOT NULL));
-- Versionerna ändras bara av lagrum migrate.
REVOKE INSERT, UPDATE, DELETE ON audit_schema, schema_version FROM lagrum_app;
