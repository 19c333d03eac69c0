/**
 * One database, one schema and two logins a service. The owner ({@code billing_owner}) runs
 * migrations and owns the tables. The application ({@code billing_app}) is neither owner nor exempt
 * from row-level security, and may read, insert, update and delete unless a migration takes that
 * away again.
 *
 * <p>A table with a tenant in it is closed in the migration that makes it:
 *
 * <pre>{@code
 * CREATE TABLE job (id char(32) PRIMARY KEY, tenant_id uuid NOT NULL, …);
 * CALL close_by_tenant('job');
 * }</pre>
 *
 * <p>which enables and forces row-level security with one policy: a transaction sees and writes
 * rows of the tenant that it has named, and none when it has named none. Work for all tenants
 * (queues, expiry) declares itself with {@link dev.sotto.platform.data.Tenancy#asWorker} and gets
 * what a policy written out in the migration gives it:
 *
 * <pre>{@code
 * CREATE POLICY job_expiry ON job FOR UPDATE USING (is_worker()) WITH CHECK (is_worker());
 * }</pre>
 *
 * <p>This holds against a query that forgot its tenant or got a guessed id. It does not hold
 * against somebody who can run SQL of their own as the application: they can name any tenant.
 * Because it is forced, it holds for the owner too: a migration that changes rows must name a
 * tenant or declare itself a worker first.
 */
@NullMarked
package dev.sotto.platform.data;

import org.jspecify.annotations.NullMarked;
