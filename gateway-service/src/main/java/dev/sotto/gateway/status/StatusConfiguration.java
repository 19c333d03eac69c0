package dev.sotto.gateway.status;

import dev.sotto.gateway.models.ServedModels;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What readiness takes, and the head of the API's document. */
@Configuration(proxyBeanMethods = false)
class StatusConfiguration {
  @Bean
  ReadyCheck databaseCheck(JdbcClient sql) {
    return new ReadyCheck("database", () -> sql.sql("select 1").query(Integer.class).single() == 1);
  }

  @Bean
  ReadyCheck modelCheck(ServedModels models) {
    return new ReadyCheck("model", () -> !models.all().isEmpty());
  }

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Sotto")
                .version("1")
                .description(
                    "Private inference. The OpenAI API, a sealed API for enclaves on the caller's"
                        + " side, and the administration of a tenant."))
        .components(
            new Components()
                .addSecuritySchemes(
                    "key", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList("key"));
  }
}
