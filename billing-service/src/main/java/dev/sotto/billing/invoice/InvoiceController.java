package dev.sotto.billing.invoice;

import dev.sotto.billing.internal.BadRequest;
import dev.sotto.billing.invoice.Invoice.State;
import dev.sotto.platform.internal.InternalToken;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Invoices, for operators. Amounts are micro-units. */
@RestController
class InvoiceController {
  private static final int MOST = 100;
  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  private final Invoices invoices;

  InvoiceController(Invoices invoices) {
    this.invoices = invoices;
  }

  /** A period, as ISO 8601 with a zone. */
  record Period(@Nullable Instant from, @Nullable Instant to) {}

  @GetMapping("/internal/invoices")
  List<Invoice> latest(@RequestHeader(InternalToken.TENANT_HEADER) UUID tenant) {
    return invoices.latest(tenant, MOST);
  }

  @GetMapping("/internal/invoices/{id}")
  Invoice get(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @PathVariable("id") UUID id) {
    return invoices.get(tenant, id);
  }

  @PostMapping("/internal/invoices")
  Invoice draft(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @RequestBody Period period) {
    return invoices.draft(tenant, within("from", period.from()), within("to", period.to()));
  }

  @PostMapping("/internal/invoices/{id}/finalize")
  Invoice finalizeDraft(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @PathVariable("id") UUID id) {
    return invoices.finalizeDraft(tenant, id);
  }

  @PostMapping("/internal/invoices/{id}/pay")
  Invoice pay(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @PathVariable("id") UUID id) {
    return invoices.close(tenant, id, State.PAID);
  }

  @PostMapping("/internal/invoices/{id}/void")
  Invoice annul(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @PathVariable("id") UUID id) {
    return invoices.close(tenant, id, State.VOID);
  }

  @PostMapping("/internal/invoices/{id}/uncollectible")
  Invoice writeOff(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant, @PathVariable("id") UUID id) {
    return invoices.close(tenant, id, State.UNCOLLECTIBLE);
  }

  private static Instant within(String field, @Nullable Instant given) {
    if (given == null || given.isBefore(Instant.EPOCH) || given.isAfter(LAST)) {
      throw new BadRequest(field, "must be a moment as 2026-11-01T00:00:00Z");
    }
    return given;
  }
}
