CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL, word text NOT NULL);
CALL close_by_tenant('note');
CREATE POLICY note_count ON note FOR SELECT USING (is_worker());

-- What a consumer has done, in order.
CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, consumer text NOT NULL, job char(32) NOT NULL);
