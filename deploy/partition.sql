-- Divides the tables of files among 64 partitions by organisation, in place. For a database of a hundred million files or more;
-- docs/scaling.md says why and what it takes. Stop every process first, then:
--
--   psql "$BIFROST_DATABASE_URL" --single-transaction --set ON_ERROR_STOP=1 --file deploy/partition.sql
--   bifrost migrate
--
-- Global (organization_id NULL) lies in one partition as any organisation does: a hash of NULL is 0, whatever the modulus. A
-- unique constraint must hold the columns that divide, which the one over (organization_id, path) does. The primary key over
-- id alone cannot be kept, and nothing refers to it: id stays unique by being random.
lock table workspace_files, workspace_file_history in access exclusive mode;

alter table workspace_files rename to workspace_files_whole;
alter table workspace_file_history rename to workspace_file_history_whole;
create table workspace_files (like workspace_files_whole including defaults) partition by hash (organization_id);
create table workspace_file_history (like workspace_file_history_whole including defaults including constraints)
  partition by hash (organization_id);

do $$
begin
  for remainder in 0..63 loop
    execute format('create table workspace_files_%s partition of workspace_files
      for values with (modulus 64, remainder %s)', remainder, remainder);
    execute format('create table workspace_file_history_%s partition of workspace_file_history
      for values with (modulus 64, remainder %s)', remainder, remainder);
  end loop;
end $$;

-- Whoever else may use the tables, such as executors that read them, goes on to. A statement for each right, on a table or on
-- one of its columns; a role is written as Postgres would have it written.
do $$
declare
  statement text;
begin
  for statement in
    select format('grant %s on %I to %s%s', privilege, replace(relation, '_whole', ''), grantee, further) from (
      select c.relname::text as relation, acl.privilege_type as privilege, acl.grantee as id, c.relowner as owner,
        case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end as grantee,
        case when acl.is_grantable then ' with grant option' else '' end as further
      from pg_class c cross join aclexplode(c.relacl) acl
      union all
      select c.relname::text, format('%s (%I)', acl.privilege_type, a.attname), acl.grantee, c.relowner,
        case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end,
        case when acl.is_grantable then ' with grant option' else '' end
      from pg_class c join pg_attribute a on a.attrelid = c.oid cross join aclexplode(a.attacl) acl
    ) given
    where to_regclass(relation) in ('workspace_files_whole'::regclass, 'workspace_file_history_whole'::regclass)
      and id <> owner
  loop
    execute statement;
  end loop;
end $$;

insert into workspace_files select * from workspace_files_whole;
insert into workspace_file_history select * from workspace_file_history_whole;
drop table workspace_files_whole, workspace_file_history_whole;

-- After the rows, as an index that is built at once is smaller and quicker than one that grows. Names are those of before.
alter table workspace_files
  add constraint workspace_files_organization_id_path_unique unique nulls not distinct (organization_id, path),
  add constraint workspace_files_organization_id_fkey foreign key (organization_id) references organizations (id);
create index workspace_files_repository on workspace_files (repository_id);
create index workspace_files_revision on workspace_files (organization_id, revision);
alter table workspace_file_history
  add constraint workspace_file_history_organization_id_path_valid_from_key
    unique nulls not distinct (organization_id, path, valid_from),
  add constraint workspace_file_history_organization_id_fkey foreign key (organization_id) references organizations (id);
create index workspace_file_history_until on workspace_file_history (organization_id, valid_until);

-- Policies went with the old tables. "bifrost migrate" raises the wall again where this says that it is down.
delete from bifrost_wall;
analyze workspace_files, workspace_file_history;
