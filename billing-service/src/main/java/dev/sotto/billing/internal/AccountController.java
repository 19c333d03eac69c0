package dev.sotto.billing.internal;

import dev.sotto.billing.credit.Corrections;
import dev.sotto.billing.journal.Balances;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.internal.InternalToken;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's credit, its projects' caps, and corrections. Amounts are micro-units. */
@RestController
class AccountController {
  private static final long MOST = 1_000_000_000_000_000L;
  private static final int MOST_TOKENS = 1 << 20;

  private final Corrections corrections;
  private final Balances balances;
  private final Tenancy tenancy;

  AccountController(Corrections corrections, Balances balances, Tenancy tenancy) {
    this.corrections = corrections;
    this.balances = balances;
    this.tenancy = tenancy;
  }

  /** Credit to give; the reference makes it once. */
  record Grant(@Nullable Long micros, @Nullable String reference) {}

  /** A project's cap for a calendar month (UTC). */
  record Cap(@Nullable Long monthlyMicros) {}

  /** What a job has really used. */
  record Counts(@Nullable Integer promptTokens, @Nullable Integer completionTokens) {}

  @GetMapping("/internal/credit")
  Map<String, Long> credit(@RequestHeader(InternalToken.TENANT_HEADER) UUID tenant) {
    return Map.of("availableMicros", tenancy.inTenant(tenant, () -> balances.lock(tenant)));
  }

  @PostMapping("/internal/credit")
  Map<String, Boolean> grant(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @RequestBody Grant grant) {
    long micros = within("micros", grant.micros(), 1, MOST);
    return Map.of("granted", corrections.grant(tenant, micros, reference(grant.reference())));
  }

  @DeleteMapping("/internal/credit/{reference}")
  Map<String, Boolean> takeBack(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @PathVariable("reference") String reference) {
    return Map.of("reversed", corrections.takeBack(tenant, reference(reference)));
  }

  @PutMapping("/internal/projects/{project}/cap")
  Map<String, Long> cap(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @PathVariable("project") UUID project,
      @RequestBody Cap cap) {
    long micros = within("monthlyMicros", cap.monthlyMicros(), 0, MOST);
    tenancy.inTenant(tenant, () -> balances.cap(tenant, project, OptionalLong.of(micros)));
    return Map.of("monthlyMicros", micros);
  }

  @DeleteMapping("/internal/projects/{project}/cap")
  void lift(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @PathVariable("project") UUID project) {
    tenancy.inTenant(tenant, () -> balances.cap(tenant, project, OptionalLong.empty()));
  }

  @PutMapping("/internal/jobs/{job}/usage")
  Map<String, Long> correct(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @PathVariable("job") String job,
      @RequestBody Counts counts) {
    if (!job.matches("[0-9a-f]{32}")) {
      throw new BadRequest("job", "must be 32 lowercase hexadecimal digits");
    }
    int prompt = (int) within("promptTokens", counts.promptTokens(), 0, MOST_TOKENS);
    int completion = (int) within("completionTokens", counts.completionTokens(), 0, MOST_TOKENS);
    return Map.of("costMicros", corrections.correct(tenant, job, prompt, completion));
  }

  private static String reference(@Nullable String reference) {
    if (reference == null
        || !reference.matches("[A-Za-z0-9._-]{1,64}")
        || reference.equals("starting")) {
      throw new BadRequest(
          "reference",
          "must be 1 to 64 of A-Z, a-z, 0-9, dot, dash, underscore, and not 'starting'");
    }
    return reference;
  }

  private static long within(String field, @Nullable Number value, long least, long most) {
    if (value == null || value.longValue() < least || value.longValue() > most) {
      throw new BadRequest(field, "must be from " + least + " to " + most);
    }
    return value.longValue();
  }
}
