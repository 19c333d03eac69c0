package dev.sotto.gateway;

import dev.sotto.gateway.keys.ApiKeys;
import dev.sotto.gateway.keys.AuditKey;
import dev.sotto.gateway.keys.FirstKey;
import dev.sotto.gateway.keys.KeyDirectory;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.keys.Tenants;
import dev.sotto.platform.data.Tenancy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Keys over their tables. */
@Configuration(proxyBeanMethods = false)
class KeysWiring {
  private static final int LEAST_SECRET = 32;
  private static final int MOST_SECRET = 4096;

  /** Under which keys are stored. Has no toString that shows it. */
  static final class KeySecret {
    private final byte[] bytes;

    KeySecret(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  KeySecret keySecret(GatewaySettings settings) {
    Path file = settings.keySecretFile();
    byte[] bytes;
    try {
      bytes = Files.size(file) > MOST_SECRET ? new byte[0] : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.gateway.key-secret-file names a file that cannot be read: " + file, e);
    }
    if (bytes.length < LEAST_SECRET) {
      throw new IllegalStateException(
          "sotto.gateway.key-secret-file must hold %d to %d random bytes"
              .formatted(LEAST_SECRET, MOST_SECRET));
    }
    return new KeySecret(bytes);
  }

  @Bean
  Tenants tenants(JdbcClient sql, Tenancy tenancy) {
    return new Tenants(sql, tenancy);
  }

  @Bean
  Projects projects(JdbcClient sql, Tenancy tenancy, GatewaySettings settings) {
    return new Projects(sql, tenancy, settings.limits().asKeyLimits());
  }

  @Bean
  ApiKeys apiKeys(JdbcClient sql, Tenancy tenancy, KeySecret secret) {
    return new ApiKeys(sql, tenancy, secret.bytes);
  }

  @Bean
  KeyDirectory keyDirectory(
      JdbcClient sql,
      PlatformTransactionManager transactions,
      KeySecret secret,
      GatewaySettings settings,
      Clock clock) {
    return new KeyDirectory(
        sql,
        new TransactionTemplate(transactions),
        secret.bytes,
        settings.limits().asKeyLimits(),
        clock);
  }

  @Bean
  InitializingBean firstKey(
      JdbcClient sql,
      Tenancy tenancy,
      Tenants tenants,
      Projects projects,
      ApiKeys keys,
      KeySecret secret,
      GatewaySettings settings) {
    return () -> {
      Path file = settings.firstKeyFile();
      if (file != null) {
        new FirstKey(sql, tenancy, tenants, projects, keys, secret.bytes).write(file);
      }
      Path auditKey = settings.auditKeyFile();
      if (auditKey != null) {
        new AuditKey(sql, tenancy, secret.bytes).set(line(auditKey));
      }
    };
  }

  private static String line(Path file) {
    try {
      return Files.size(file) > MOST_SECRET ? "" : Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.gateway.audit-key-file names a file that cannot be read: " + file, e);
    }
  }
}
