package dev.sotto.orchestration;

import dev.sotto.platform.PlatformConfiguration;
import dev.sotto.platform.start.ServiceStart;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Who computes what, when. */
@SpringBootApplication
@EnableConfigurationProperties(OrchestrationSettings.class)
@Import(PlatformConfiguration.class)
public class OrchestrationService {
  /** Made by Spring. */
  public OrchestrationService() {}

  /**
   * Runs the service.
   *
   * @param args first, if there is one, a settings file; then settings
   */
  public static void main(String[] args) {
    ServiceStart start = ServiceStart.of(OrchestrationService.class, "orchestration");
    if (args.length > 0 && !args[0].startsWith("-")) {
      start.config(Path.of(args[0]));
    }
    start.run(args);
  }
}
