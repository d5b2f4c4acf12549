import { startRedis, startRedisCluster } from '../support/redis.js';
import { nameRouterContract } from './name-router.contract.js';
import { namesContract } from './names.contract.js';
import { namesInMemory, namesOn } from './names.fixture.js';

for (const suite of [namesContract, nameRouterContract]) {
  suite('memory', namesInMemory);
  suite('standalone Redis', namesOn(startRedis));
  suite('Redis Cluster of three masters', namesOn(startRedisCluster));
}
