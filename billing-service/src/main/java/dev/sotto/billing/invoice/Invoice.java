package dev.sotto.billing.invoice;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant used in a period. It is paid from credit as it is used, so an invoice moves no
 * money: it says what was.
 *
 * @param id its own
 * @param tenantId whose
 * @param state where it stands
 * @param number counted per tenant, without gaps; null for a draft
 * @param currency of all amounts
 * @param from the first moment of the period
 * @param to the first moment after it
 * @param total micro-units
 * @param lines what was used, by project, model, protection and price version
 */
public record Invoice(
    UUID id,
    UUID tenantId,
    State state,
    @Nullable Long number,
    String currency,
    Instant from,
    Instant to,
    long total,
    List<Line> lines) {
  /** Copies the lines. */
  public Invoice {
    lines = List.copyOf(lines);
  }

  /** Where an invoice stands, and where it can go. */
  public enum State {
    /** Drawn up; may be drawn up again. */
    DRAFT,
    /** Numbered; does not change any more. */
    FINALIZED,
    /** Done with. */
    PAID,
    /** Was wrong: its period can be invoiced again. */
    VOID,
    /** Will not be paid. */
    UNCOLLECTIBLE;

    /** Whether an invoice may go from here to there. */
    public boolean mayBecome(State next) {
      return switch (this) {
        case DRAFT -> next == FINALIZED;
        case FINALIZED -> next == PAID || next == VOID || next == UNCOLLECTIBLE;
        case PAID, VOID, UNCOLLECTIBLE -> false;
      };
    }
  }

  /**
   * What was used of one kind.
   *
   * @param projectId by which project
   * @param model which model
   * @param protection given what
   * @param priceVersion at which version of the price book
   * @param promptTokens tokens of prompts
   * @param completionTokens tokens of answers
   * @param amount micro-units
   */
  public record Line(
      UUID projectId,
      String model,
      String protection,
      int priceVersion,
      long promptTokens,
      long completionTokens,
      long amount) {}
}
