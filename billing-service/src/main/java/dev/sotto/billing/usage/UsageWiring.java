package dev.sotto.billing.usage;

import dev.sotto.billing.BillingSettings;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.internal.InternalToken;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How reports are wired. */
@Configuration(proxyBeanMethods = false)
class UsageWiring {
  /** Cursors are authenticated under the token, so that they outlive a restart. */
  @Bean
  Reports reports(Tenancy tenancy, JdbcClient jdbc, InternalToken token, BillingSettings settings) {
    return new Reports(tenancy, jdbc, new Cursors(key(token)), settings.currency());
  }

  private static byte[] key(InternalToken token) {
    if (token.isPresent()) {
      return token.value().getBytes(StandardCharsets.UTF_8);
    }
    byte[] drawn = new byte[32]; // without a token no report is given anyway
    new SecureRandom().nextBytes(drawn);
    return drawn;
  }
}
