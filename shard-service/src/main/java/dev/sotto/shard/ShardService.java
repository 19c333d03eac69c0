package dev.sotto.shard;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/** One role of one stage of a lane, led over Kafka. */
@SpringBootApplication
@EnableConfigurationProperties(ShardSettings.class)
public class ShardService {
  /** Starts it; {@code --sotto.shard.…} arguments and the environment add to its configuration. */
  public static void main(String[] args) {
    run(args);
  }

  /** Starts it in this process, with a context of its own. */
  public static ConfigurableApplicationContext run(String... args) {
    SpringApplication app =
        new SpringApplicationBuilder(ShardService.class)
            .properties("spring.config.name=shard")
            .build();
    return app.run(args);
  }
}
