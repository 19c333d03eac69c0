package dev.sotto.billing.pricing;

import dev.sotto.contracts.Protection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The price book's versions in the database. The newest one applies to new reservations. */
public final class PriceBook {
  private static final String ANY = "*";

  private final TransactionTemplate transactions;
  private final JdbcClient jdbc;

  /** Over one database. */
  public PriceBook(TransactionTemplate transactions, JdbcClient jdbc) {
    this.transactions = transactions;
    this.jdbc = jdbc;
  }

  /**
   * Publishes prices as a new version, unless they are those of the newest already.
   *
   * @return the version that applies
   */
  public int publish(String currency, Collection<PriceSetting> prices) {
    Set<PriceSetting> wanted = new HashSet<>(prices);
    if (wanted.stream().map(p -> p.model() + " " + p.protection()).distinct().count()
        != prices.size()) {
      throw new IllegalArgumentException(
          "sotto.billing.prices has two prices for one model and protection");
    }
    Integer version =
        transactions.execute(
            status -> {
              // One instance publishes, the others then find it published.
              jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('price_version'))")
                  .query((row, number) -> 1)
                  .single();
              Optional<Integer> newest = newest();
              if (newest.isPresent() && wanted.equals(Set.copyOf(of(newest.get())))) {
                return newest.get();
              }
              return insert(currency, wanted);
            });
    return version == null ? 0 : version;
  }

  private int insert(String currency, Set<PriceSetting> prices) {
    int version =
        jdbc.sql("INSERT INTO price_version (currency) VALUES (?) RETURNING version")
            .param(currency)
            .query(Integer.class)
            .single();
    for (PriceSetting price : prices) {
      jdbc.sql("INSERT INTO price VALUES (?, ?, ?, ?, ?)")
          .params(
              version,
              price.model(),
              price.protection().label(),
              price.promptPerMillion(),
              price.completionPerMillion())
          .update();
    }
    return version;
  }

  private Optional<Integer> newest() {
    return jdbc.sql("SELECT version FROM price_version ORDER BY version DESC LIMIT 1")
        .query(Integer.class)
        .optional();
  }

  private List<PriceSetting> of(int version) {
    return jdbc.sql("SELECT * FROM price WHERE version = ?")
        .param(version)
        .query(
            (row, number) ->
                new PriceSetting(
                    row.getString("model"),
                    row.getString("protection").equals(Protection.COMPARED.label())
                        ? Protection.COMPARED
                        : Protection.PASSIVE,
                    row.getLong("prompt_per_million"),
                    row.getLong("completion_per_million")))
        .list();
  }

  /** The newest price of a model, its own before the one for all; empty when it has none. */
  public Optional<Price> price(String model, Protection protection) {
    return newest().flatMap(version -> price(version, model, protection.label()));
  }

  /** A model's price in one version. */
  public Optional<Price> price(int version, String model, String protection) {
    return jdbc.sql(
            "SELECT * FROM price WHERE version = ? AND protection = ? AND model IN (?, ?)"
                + " ORDER BY (model = ?) LIMIT 1")
        .params(version, protection, model, ANY, ANY)
        .query(
            (row, number) ->
                new Price(
                    version,
                    row.getLong("prompt_per_million"),
                    row.getLong("completion_per_million")))
        .optional();
  }
}
