package dev.sotto.issuer;

import dev.sotto.gateway.testing.Http;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

/** A real authorization server. A test says what the next token claims. */
public final class Issuer implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Server {
    @Bean
    RegisteredClientRepository clients() {
      return new InMemoryRegisteredClientRepository(
          RegisteredClient.withId("any")
              .clientId("any")
              .clientSecret("{noop}secret")
              .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
              .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
              .scope("admin")
              .scope("usage.read")
              .scope("inference")
              .build());
    }

    @Bean
    Claims claims() {
      return new Claims();
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> customizer(Claims claims) {
      return context -> {
        String tenant = claims.tenant;
        if (tenant != null) {
          context.getClaims().claim("sotto_tenant", tenant);
        }
        context.getClaims().audience(List.of(claims.audience));
      };
    }
  }

  /** What the next token claims. */
  static final class Claims {
    volatile @Nullable String tenant;
    volatile String audience = "sotto";
  }

  public Issuer() {
    context =
        new SpringApplicationBuilder(Server.class)
            .properties(
                Map.of(
                    "server.port", "0",
                    "server.address", "127.0.0.1",
                    "spring.config.name", "issuer",
                    "spring.jmx.enabled", "false",
                    "spring.autoconfigure.exclude",
                        String.join(
                            ",",
                            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
                            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration")))
            .run();
  }

  /** Its name and address. */
  public String address() {
    return "http://127.0.0.1:"
        + Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
  }

  /** A token that it has signed. */
  public String token(@Nullable String tenant, String audience, String scopes) {
    Claims claims = context.getBean(Claims.class);
    claims.tenant = tenant;
    claims.audience = audience;
    Http http = new Http(address(), null);
    String body =
        "grant_type=client_credentials&client_id=any&client_secret=secret&scope="
            + scopes.replace(" ", "+");
    return http.send(
            http.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)))
        .text("/access_token");
  }

  @Override
  public void close() {
    context.close();
  }
}
