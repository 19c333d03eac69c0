package dev.sotto.gateway;

import dev.sotto.openai.OpenAiApi;
import dev.sotto.platform.PlatformConfiguration;
import dev.sotto.platform.start.ServiceStart;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/** The gateway as a Spring application: {@code spring.config.name} is {@code gateway}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan("dev.sotto.gateway")
@EnableConfigurationProperties(GatewaySettings.class)
@Import({PlatformConfiguration.class, OpenAiApi.class})
public class GatewayService {
  /** Made by Spring. */
  public GatewayService() {}

  /** Runs it as a process of its own. */
  public static void main(String[] args) {
    ServiceStart.of(GatewayService.class, "gateway").run(args);
  }
}
