package dev.sotto.billing;

import dev.sotto.billing.pricing.PriceSetting;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * What billing is told, under {@code sotto.billing}.
 *
 * @param currency ISO 4217; the same for as long as a ledger exists
 * @param startingCreditMicros what a tenant has when it is first seen, in micro-units: generous
 *     where nobody pays, 0 where credit is bought
 * @param operatorShare what operators of nodes get of each cost, in ten-thousandths
 * @param expiryGrace how long after its time an unsettled reservation lapses
 * @param prices the price book; a change publishes a new version
 */
@Validated
@ConfigurationProperties("sotto.billing")
public record BillingSettings(
    @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
    @Min(0) @Max(1_000_000_000_000_000L) long startingCreditMicros,
    @Min(0) @Max(10_000) int operatorShare,
    @NotNull Duration expiryGrace,
    @NotEmpty List<@Valid PriceSetting> prices) {}
