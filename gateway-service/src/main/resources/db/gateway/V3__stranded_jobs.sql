-- A job whose lane is gone takes no step; its code and message say why. Its caller may still say that it has its answer.
alter table job add column stranded boolean not null default false;
