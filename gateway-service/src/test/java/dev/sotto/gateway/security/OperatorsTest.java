package dev.sotto.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.keys.Tenants;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.TestGateway;
import dev.sotto.issuer.Issuer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Operators of a tenant, for whom a real authorization server vouches. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorsTest {
  @TempDir static Path folder;
  private static Issuer issuer;
  private static TestGateway gateway;
  private static UUID tenant;

  @BeforeAll
  static void start() {
    issuer = new Issuer();
    gateway =
        TestGateway.start(
            folder,
            Map.of(
                "sotto.gateway.oidc.issuer",
                issuer.address(),
                "sotto.gateway.oidc.audience",
                "sotto"));
    tenant = gateway.context().getBean(Tenants.class).create("another");
    gateway.context().getBean(Projects.class).create(tenant, "theirs");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    issuer.close();
  }

  private static Http with(String token) {
    return gateway.http().as(token);
  }

  @Test
  void anOperatorManagesItsOwnTenantOnly() {
    Http operator = with(issuer.token(tenant.toString(), "sotto", "admin"));
    assertThat(operator.get("/v1/organization/projects").json().at("/data").size()).isEqualTo(1);
    assertThat(operator.get("/v1/organization/projects").text("/data/0/name")).isEqualTo("theirs");
    assertThat(operator.get("/v1/organization/projects/" + gateway.project()).status())
        .isEqualTo(404);
    assertThat(operator.get("/v1/organization/costs").text("/error/code"))
        .isEqualTo("insufficient_scope");
  }

  @Test
  void anOperatorAsksForNoAnswers() {
    Http operator = with(issuer.token(tenant.toString(), "sotto", "admin inference"));
    assertThat(operator.post("/v1/chat/completions", "{}").status()).isEqualTo(403);
    assertThat(operator.post("/v1/sealed/jobs", "{}").status()).isEqualTo(403);
  }

  @Test
  void tokensForOthersAreNone() {
    String good = issuer.token(tenant.toString(), "sotto", "admin");
    assertThat(with(good).get("/v1/organization/projects").status()).isEqualTo(200);
    for (String bad :
        new String[] {
          issuer.token(tenant.toString(), "somebody-else", "admin"),
          issuer.token(null, "sotto", "admin"),
          issuer.token("no-tenant", "sotto", "admin"),
          issuer.token(UUID.randomUUID().toString(), "sotto", "admin"),
          good.substring(0, good.length() - 8) + "AAAAAAAA",
          unsigned(good)
        }) {
      assertThat(with(bad).get("/v1/organization/projects").text("/error/code"))
          .isEqualTo("invalid_api_key");
    }
    try (Issuer stranger = new Issuer()) {
      String theirs = stranger.token(tenant.toString(), "sotto", "admin");
      assertThat(with(theirs).get("/v1/organization/projects").status()).isEqualTo(401);
    }
  }

  /** The same claims under the algorithm that signs nothing. */
  private static String unsigned(String token) {
    String claims = token.split("\\.", -1)[1];
    return "eyJhbGciOiJub25lIn0." + claims + ".";
  }

  @Test
  void withoutAnIssuerTokensAreNone() {
    try (TestGateway keysOnly = gateway.another(Map.of("sotto.gateway.oidc.issuer", ""))) {
      String token = issuer.token(tenant.toString(), "sotto", "admin");
      assertThat(keysOnly.http().as(token).get("/v1/organization/projects").status())
          .isEqualTo(401);
    }
  }
}
