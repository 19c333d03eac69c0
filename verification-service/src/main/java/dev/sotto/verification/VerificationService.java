package dev.sotto.verification;

import dev.sotto.platform.PlatformConfiguration;
import dev.sotto.platform.start.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The verification service, as an application of its own or in a process with others. */
@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(VerificationSettings.class)
@Import(PlatformConfiguration.class)
public class VerificationService {
  /** Made by Spring. */
  public VerificationService() {}

  /** Its name: that of its settings file and its schema. */
  public static final String NAME = "verification";

  /** Runs it. */
  public static void main(String[] args) {
    ServiceStart.of(VerificationService.class, NAME).run(args);
  }
}
