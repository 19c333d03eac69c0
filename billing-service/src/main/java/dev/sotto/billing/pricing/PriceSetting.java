package dev.sotto.billing.pricing;

import dev.sotto.contracts.Protection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * One configured price.
 *
 * @param model its name, or {@code *} for all that have no price of their own; without such a price
 *     jobs for unknown models are refused
 * @param protection what the job is given
 * @param promptPerMillion micro-units for a million tokens of the prompt
 * @param completionPerMillion micro-units for a million tokens of the answer
 */
public record PriceSetting(
    @NotNull @Pattern(regexp = "\\*|[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}") String model,
    @NotNull Protection protection,
    @Min(0) @Max(Price.MOST) long promptPerMillion,
    @Min(0) @Max(Price.MOST) long completionPerMillion) {}
