package dev.sotto.orchestration.placement;

import dev.sotto.orchestration.job.Job;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * The jobs that wait for lanes of one model. Tenants take turns by the tokens that their placed
 * jobs may use (start-time fair queueing; Goyal, Vin, Cheng, SIGCOMM 1996): next is the tenant that
 * has been given least, and one that comes back is given nothing for the time that it was away.
 * Within a tenant who came first is first. So a tenant's wait does not depend on how many jobs
 * others have waiting, but on how many tenants there are.
 *
 * <p>Not safe for use by several threads.
 */
public final class FairQueue {
  private final Map<UUID, Tenant> tenants = new LinkedHashMap<>();
  private long now; // the given tokens of the tenant whose job went last, when it went

  private static final class Tenant {
    final Map<String, Job> jobs = new LinkedHashMap<>();
    long given;
  }

  /** What became of a job that was offered a place. */
  public enum Offer {
    /** It has one. */
    TAKEN,
    /** It cannot have one for reasons of its own; it stays, and others go on. */
    PASSED,
    /** Its tenant may have no more for now. */
    TENANT_FULL,
    /** There is none for anybody. */
    FULL
  }

  /** A job joins. Once only: the same one again changes nothing. */
  public void add(Job job) {
    Tenant tenant = tenants.computeIfAbsent(job.asked().tenantId(), id -> new Tenant());
    if (tenant.jobs.isEmpty()) {
      tenant.given = Math.max(tenant.given, now);
    }
    tenant.jobs.putIfAbsent(job.id(), job);
  }

  /** A job leaves; whether it was there. */
  public boolean remove(Job job) {
    Tenant tenant = tenants.get(job.asked().tenantId());
    boolean there = tenant != null && tenant.jobs.remove(job.id()) != null;
    forget();
    return there;
  }

  /** All that wait, tenant by tenant. */
  public List<Job> jobs() {
    return tenants.values().stream().flatMap(tenant -> tenant.jobs.values().stream()).toList();
  }

  /** How many wait. */
  public int size() {
    return tenants.values().stream().mapToInt(tenant -> tenant.jobs.size()).sum();
  }

  /** Offers places in turn until there are none or nobody can take one. */
  public void offer(Function<Job, Offer> place) {
    List<Turn> turns = new ArrayList<>();
    tenants.values().forEach(tenant -> turns.add(new Turn(tenant)));
    turns.removeIf(turn -> !turn.waiting.hasNext());
    while (!turns.isEmpty()) {
      Turn turn = Collections.min(turns, Comparator.comparingLong(t -> t.tenant.given));
      Job job = turn.waiting.next();
      switch (place.apply(job)) {
        case TAKEN -> {
          turn.waiting.remove();
          now = Math.max(now, turn.tenant.given);
          turn.tenant.given += job.weight();
        }
        case PASSED -> {}
        case TENANT_FULL -> turns.remove(turn);
        case FULL -> turns.clear();
      }
      turns.removeIf(t -> !t.waiting.hasNext());
    }
    forget();
  }

  /** Who has been given no more than others may be forgotten: coming back changes nothing. */
  private void forget() {
    if (size() == 0) {
      tenants.clear(); // nobody waits, so nobody is owed anything
    }
    tenants.values().removeIf(tenant -> tenant.jobs.isEmpty() && tenant.given <= now);
  }

  private static final class Turn {
    final Tenant tenant;
    final Iterator<Job> waiting;

    Turn(Tenant tenant) {
      this.tenant = tenant;
      this.waiting = tenant.jobs.values().iterator();
    }
  }
}
