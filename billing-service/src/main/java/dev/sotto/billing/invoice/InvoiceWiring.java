package dev.sotto.billing.invoice;

import dev.sotto.billing.BillingSettings;
import dev.sotto.billing.journal.Balances;
import dev.sotto.platform.data.Tenancy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How invoices are wired. */
@Configuration(proxyBeanMethods = false)
class InvoiceWiring {
  @Bean
  Invoices invoices(Tenancy tenancy, Balances balances, JdbcClient jdbc, BillingSettings settings) {
    return new Invoices(tenancy, balances, jdbc, settings.currency());
  }
}
