import { startRedis, startRedisCluster } from '../support/redis.js';
import { switchboardContract } from './name-router.contract.js';
import { namesContract } from './names.contract.js';
import { namesInMemory, namesOn } from './names.fixture.js';

for (const suite of [namesContract, switchboardContract]) {
  suite('memory', namesInMemory);
  suite('standalone Redis', namesOn(startRedis));
  suite('Redis Cluster of three masters', namesOn(startRedisCluster));
}
