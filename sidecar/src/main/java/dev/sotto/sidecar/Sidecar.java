package dev.sotto.sidecar;

import dev.sotto.openai.OpenAiApi;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * The OpenAI API on the caller's own machine: the prompt stays in this process, and what leaves it
 * is sealed to the nodes of lanes that its owner's roots vouch for. {@code spring.config.name} is
 * {@code sidecar}; what it needs of Spring is named here, whatever else is on the class path.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  PropertyPlaceholderAutoConfiguration.class,
  ConfigurationPropertiesAutoConfiguration.class,
  LifecycleAutoConfiguration.class,
  TomcatServletWebServerAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  WebMvcAutoConfiguration.class,
  ErrorMvcAutoConfiguration.class
})
@EnableConfigurationProperties(SidecarSettings.class)
@Import({OpenAiApi.class, SidecarWiring.class})
public class Sidecar {
  /** Made by Spring. */
  public Sidecar() {}

  /** Starts one; {@code args} are settings as {@code --server.port=8090}. */
  public static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(Sidecar.class)
        .properties("spring.config.name=sidecar")
        .run(args);
  }

  /** Runs one as a process of its own, and says where it listens. */
  public static void main(String[] args) {
    if (start(args) instanceof ServletWebServerApplicationContext context) {
      int port = context.getWebServer() == null ? 0 : context.getWebServer().getPort();
      String host = context.getEnvironment().getProperty("server.address", "127.0.0.1");
      System.out.printf(
          "The sidecar is ready: http://%s:%d/v1, for any client of the OpenAI API.%n", host, port);
    }
  }
}
