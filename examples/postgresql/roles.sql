-- Två roller och en databas, gjorda av den som äger servern. Går att köra om.
-- Lösenorden kommer utifrån: psql -v owner_password=… -v app_password=… -f roles.sql
-- lagrum_owner äger tabellerna och används bara av lagrum migrate. lagrum_app är tjänstens roll.
SELECT format('CREATE ROLE lagrum_owner LOGIN PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lagrum_owner') \gexec
SELECT format('CREATE ROLE lagrum_app LOGIN PASSWORD %L', :'app_password')
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lagrum_app') \gexec
SELECT 'CREATE DATABASE lagrum OWNER lagrum_owner'
WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'lagrum') \gexec
REVOKE ALL ON DATABASE lagrum FROM PUBLIC;
GRANT CONNECT ON DATABASE lagrum TO lagrum_app;
